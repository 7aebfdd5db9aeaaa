ALTER TABLE "account" ADD COLUMN "words" text[] GENERATED ALWAYS AS (search_words(name, alias, subject_name, uscc)) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "case_file" ADD COLUMN "platform" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "case_file" ADD COLUMN "kinds" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "case_file" ADD COLUMN "words" text[] GENERATED ALWAYS AS (search_words("number")) STORED NOT NULL;--> statement-breakpoint
CREATE INDEX "account_by_platform" ON "account" USING btree ("platform","score" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "account_by_verdict" ON "account" USING btree ("licence_verdict","score" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "account_by_level" ON "account" USING btree ("level","score" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "account_words" ON "account" USING gin ("words");--> statement-breakpoint
CREATE INDEX "case_live_platform" ON "case_file" USING btree ("platform","priority" DESC NULLS LAST,"id" DESC NULLS LAST) WHERE state <> 'closed';--> statement-breakpoint
CREATE INDEX "case_live_kinds" ON "case_file" USING gin ("kinds") WHERE state <> 'closed';--> statement-breakpoint
CREATE INDEX "case_words" ON "case_file" USING gin ("words");--> statement-breakpoint
UPDATE "case_file" SET
  "platform" = (SELECT a."platform" FROM "account" a WHERE a."id" = "case_file"."account_id"),
  "kinds" = (SELECT coalesce(array_agg(DISTINCT f."kind" ORDER BY f."kind"), '{}') FROM "finding" f WHERE f."case_id" = "case_file"."id" AND f."state" <> 'superseded');
