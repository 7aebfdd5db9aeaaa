ALTER TABLE "licence_list" ADD COLUMN "mapping_by" text DEFAULT 'guessed' NOT NULL;--> statement-breakpoint
ALTER TABLE "licence_list" ADD COLUMN "diff" jsonb;--> statement-breakpoint
ALTER TABLE "licence_list" ADD COLUMN "review" text;--> statement-breakpoint
ALTER TABLE "licence_list" ADD COLUMN "reviewed_by" text;--> statement-breakpoint
ALTER TABLE "licence_list" ADD COLUMN "reviewed_at" timestamp (3) with time zone;