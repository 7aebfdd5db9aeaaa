ALTER TABLE "source" ADD COLUMN "hosts" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "source" ADD COLUMN "board" jsonb;