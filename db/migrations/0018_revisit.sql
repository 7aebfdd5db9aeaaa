CREATE TABLE "post_fate" (
	"id" uuid PRIMARY KEY NOT NULL,
	"post_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"status" text NOT NULL,
	"by" text,
	"reason" text,
	"alive_at" timestamp (3) with time zone,
	"capture_id" uuid
);
--> statement-breakpoint
CREATE TABLE "post_watch" (
	"post_id" uuid PRIMARY KEY NOT NULL,
	"platform" text NOT NULL,
	"reason" text NOT NULL,
	"version" integer NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"next_at" timestamp (3) with time zone,
	"looks" integer DEFAULT 0 NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"last_at" timestamp (3) with time zone,
	"last_outcome" text,
	"last_capture_id" uuid
);
--> statement-breakpoint
CREATE TABLE "source_account" (
	"source_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "source_account_source_id_account_id_pk" PRIMARY KEY("source_id","account_id")
);
--> statement-breakpoint
ALTER TABLE "post" ADD COLUMN "gone_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "post" ADD COLUMN "gone_by" text;--> statement-breakpoint
ALTER TABLE "post" ADD COLUMN "gone_capture_id" uuid;--> statement-breakpoint
CREATE INDEX "post_fate_post" ON "post_fate" USING btree ("post_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "post_watch_due" ON "post_watch" USING btree ("platform","next_at") WHERE next_at is not null;--> statement-breakpoint
CREATE INDEX "source_account_account" ON "source_account" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "post_url" ON "post" USING hash ("url");--> statement-breakpoint
INSERT INTO "source_account" ("source_id", "account_id", "seen_at") SELECT "source_id", "account_id", max("fetched_at") FROM "capture" WHERE "source_id" IS NOT NULL AND "account_id" IS NOT NULL GROUP BY 1, 2;
