CREATE TABLE "frontier" (
	"source_id" uuid NOT NULL,
	"url" text NOT NULL,
	"kind" text NOT NULL,
	"host" text NOT NULL,
	"seq" bigserial NOT NULL,
	"tries" smallint DEFAULT 0 NOT NULL,
	"refusals" smallint DEFAULT 0 NOT NULL,
	"nights" smallint DEFAULT 0 NOT NULL,
	"not_before" timestamp (3) with time zone,
	"held_run" uuid,
	"done_run" uuid,
	CONSTRAINT "frontier_source_id_url_pk" PRIMARY KEY("source_id","url")
);
--> statement-breakpoint
CREATE TABLE "run_alarm" (
	"run_id" uuid NOT NULL,
	"platform" text NOT NULL,
	"kind" text NOT NULL,
	"pages" integer NOT NULL,
	"missing" integer NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "run_alarm_run_id_platform_kind_pk" PRIMARY KEY("run_id","platform","kind")
);
--> statement-breakpoint
ALTER TABLE "page_state" ADD COLUMN "parts" jsonb;--> statement-breakpoint
ALTER TABLE "run_task" ADD COLUMN "resume_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "run_task" ADD COLUMN "walker" uuid;--> statement-breakpoint
ALTER TABLE "source" ADD COLUMN "robots_page" text DEFAULT 'open' NOT NULL;--> statement-breakpoint
ALTER TABLE "frontier" ADD CONSTRAINT "frontier_source_id_source_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."source"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_alarm" ADD CONSTRAINT "run_alarm_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "frontier_next" ON "frontier" USING btree ("source_id","nights","seq") WHERE done_run is null;