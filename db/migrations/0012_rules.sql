CREATE TABLE "law_file" (
	"sha256" text PRIMARY KEY NOT NULL,
	"text" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "law_set" (
	"version" text PRIMARY KEY NOT NULL,
	"files" jsonb NOT NULL,
	"off" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rule_alarm" (
	"id" uuid PRIMARY KEY NOT NULL,
	"day" text NOT NULL,
	"platform" text NOT NULL,
	"rule" text NOT NULL,
	"up" boolean NOT NULL,
	"hits" integer NOT NULL,
	"posts" integer NOT NULL,
	"expected" double precision NOT NULL,
	"probability" double precision NOT NULL,
	"run_id" uuid,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rule_difference" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"change" text NOT NULL,
	"account_id" uuid NOT NULL,
	"post_id" uuid NOT NULL,
	"post_version" integer NOT NULL,
	"platform" text NOT NULL,
	"kind" text NOT NULL,
	"by" text NOT NULL,
	"field" text,
	"quote" text,
	"start" integer,
	"end" integer,
	"why" text NOT NULL,
	"rank" integer NOT NULL,
	"verdict" text,
	"judged_by_id" text,
	"judged_by_name" text,
	"judged_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rule_event" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"action" text NOT NULL,
	"pack" text,
	"rule" text,
	"revision_id" uuid,
	"data" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rule_job" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"pack" text,
	"revision_id" uuid,
	"text" text,
	"since" timestamp (3) with time zone,
	"cursor" uuid,
	"total" integer NOT NULL,
	"done" integer NOT NULL,
	"counts" jsonb NOT NULL,
	"law_version" text NOT NULL,
	"error" text,
	"started_by_id" text NOT NULL,
	"started_by_name" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "rule_night" (
	"day" text NOT NULL,
	"platform" text NOT NULL,
	"rule" text NOT NULL,
	"version" integer NOT NULL,
	"posts" integer NOT NULL,
	CONSTRAINT "rule_night_day_platform_rule_version_pk" PRIMARY KEY("day","platform","rule","version")
);
--> statement-breakpoint
CREATE TABLE "rule_off" (
	"rule" text PRIMARY KEY NOT NULL,
	"reason" text NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rule_revision" (
	"id" uuid PRIMARY KEY NOT NULL,
	"pack" text NOT NULL,
	"number" integer NOT NULL,
	"text" text NOT NULL,
	"sha256" text NOT NULL,
	"state" text NOT NULL,
	"note" text NOT NULL,
	"based_on" text,
	"author_id" text NOT NULL,
	"author_name" text NOT NULL,
	"published_by_id" text,
	"published_by_name" text,
	"published_at" timestamp (3) with time zone,
	"shadow_at" timestamp (3) with time zone,
	"version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "shadow_night" (
	"revision_id" uuid NOT NULL,
	"day" text NOT NULL,
	"posts" integer NOT NULL,
	"added" integer NOT NULL,
	"removed" integer NOT NULL,
	"same" integer NOT NULL,
	CONSTRAINT "shadow_night_revision_id_day_pk" PRIMARY KEY("revision_id","day")
);
--> statement-breakpoint
ALTER TABLE "finding" ADD COLUMN "superseded_reason" text;--> statement-breakpoint
ALTER TABLE "finding" ADD COLUMN "made_with" text;--> statement-breakpoint
ALTER TABLE "rule_job" ADD CONSTRAINT "rule_job_revision_id_rule_revision_id_fk" FOREIGN KEY ("revision_id") REFERENCES "public"."rule_revision"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shadow_night" ADD CONSTRAINT "shadow_night_revision_id_rule_revision_id_fk" FOREIGN KEY ("revision_id") REFERENCES "public"."rule_revision"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "rule_alarm_once" ON "rule_alarm" USING btree ("day","platform","rule");--> statement-breakpoint
CREATE INDEX "rule_alarm_rule" ON "rule_alarm" USING btree ("rule","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "rule_alarm_run" ON "rule_alarm" USING btree ("run_id");--> statement-breakpoint
CREATE UNIQUE INDEX "rule_difference_once" ON "rule_difference" USING btree ("owner_id","post_id","post_version","kind","change");--> statement-breakpoint
CREATE INDEX "rule_difference_sample" ON "rule_difference" USING btree ("owner_id","change","rank","id");--> statement-breakpoint
CREATE INDEX "rule_event_pack" ON "rule_event" USING btree ("pack","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "rule_event_rule" ON "rule_event" USING btree ("rule","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "rule_event_action" ON "rule_event" USING btree ("action","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "rule_job_started" ON "rule_job" USING btree ("started_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "rule_job_revision" ON "rule_job" USING btree ("revision_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "rule_job_one_rescreen" ON "rule_job" USING btree ("kind") WHERE kind = 'rescreen' and state = 'running';--> statement-breakpoint
CREATE INDEX "rule_night_rule" ON "rule_night" USING btree ("rule","day" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "rule_revision_number" ON "rule_revision" USING btree ("pack","number");--> statement-breakpoint
CREATE UNIQUE INDEX "rule_revision_active" ON "rule_revision" USING btree ("pack") WHERE state = 'published';--> statement-breakpoint
CREATE INDEX "rule_revision_state" ON "rule_revision" USING btree ("state","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "finding_rule" ON "finding" USING btree (split_part("by", '@', 1),"state","id" DESC NULLS LAST);