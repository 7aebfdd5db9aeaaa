CREATE INDEX "licence_name_prefix" ON "licence" USING btree ("name_key" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "case_live" ON "case_file" USING btree ("priority" DESC NULLS LAST,"id" DESC NULLS LAST) WHERE state <> 'closed';--> statement-breakpoint
CREATE INDEX "case_live_due" ON "case_file" USING btree ("due_at") WHERE state <> 'closed';