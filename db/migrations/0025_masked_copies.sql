CREATE TABLE "masked_copy" (
	"original_sha256" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"capture_id" uuid NOT NULL,
	"sha256" text,
	"engine" text NOT NULL,
	"covered" jsonb NOT NULL,
	"made_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "masked_copy_capture" ON "masked_copy" USING btree ("capture_id");