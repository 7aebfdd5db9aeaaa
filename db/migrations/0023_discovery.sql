CREATE TABLE "candidate" (
	"id" uuid PRIMARY KEY NOT NULL,
	"platform" text NOT NULL,
	"key" text NOT NULL,
	"name" text,
	"url" text,
	"state" text NOT NULL,
	"seen" integer DEFAULT 0 NOT NULL,
	"again" boolean DEFAULT false NOT NULL,
	"first_seen_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"decided_by_id" text,
	"decided_by_name" text,
	"decided_at" timestamp (3) with time zone,
	"reason" text,
	"source_id" uuid
);
--> statement-breakpoint
CREATE TABLE "candidate_ground" (
	"candidate_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"speaker" text NOT NULL,
	"speaker_name" text NOT NULL,
	"post_id" uuid,
	"capture_id" uuid,
	"quote" text NOT NULL,
	"times" integer DEFAULT 1 NOT NULL,
	"first_at" timestamp (3) with time zone NOT NULL,
	"last_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "candidate_ground_candidate_id_kind_speaker_pk" PRIMARY KEY("candidate_id","kind","speaker")
);
--> statement-breakpoint
ALTER TABLE "source" ADD COLUMN "role" text DEFAULT 'visit' NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "candidate_once" ON "candidate" USING btree ("platform","key");--> statement-breakpoint
CREATE INDEX "candidate_list" ON "candidate" USING btree ("state","seen" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "candidate_platform" ON "candidate" USING btree ("state","platform","seen" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "source_list" ON "source" USING btree ("platform","id");--> statement-breakpoint
CREATE INDEX "account_name" ON "account" USING btree ("platform","name");--> statement-breakpoint
CREATE INDEX "account_url" ON "account" USING hash ("url");