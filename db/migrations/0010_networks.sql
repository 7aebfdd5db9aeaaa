CREATE TABLE "cluster" (
	"id" uuid PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"merged_into" uuid,
	"size" integer NOT NULL,
	"top_score" integer NOT NULL,
	"first_seen_at" timestamp (3) with time zone NOT NULL,
	"formed_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cluster_event" (
	"id" uuid PRIMARY KEY NOT NULL,
	"cluster_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"action" text NOT NULL,
	"size" integer NOT NULL,
	"other_id" uuid,
	"accounts" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cluster_member" (
	"account_id" uuid PRIMARY KEY NOT NULL,
	"cluster_id" uuid NOT NULL,
	"joined_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "network_account" (
	"account_id" uuid PRIMARY KEY NOT NULL,
	"digest" text NOT NULL,
	"texts" integer NOT NULL,
	"linked_at" timestamp (3) with time zone NOT NULL,
	"dirty" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "network_holding" (
	"thing_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"entity" text NOT NULL,
	"own" integer NOT NULL,
	"posts" integer NOT NULL,
	"post_id" uuid,
	"first_seen_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "network_holding_thing_id_account_id_pk" PRIMARY KEY("thing_id","account_id")
);
--> statement-breakpoint
CREATE TABLE "network_thing" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"label" text NOT NULL,
	"accounts" integer DEFAULT 0 NOT NULL,
	"entities" integer DEFAULT 0 NOT NULL,
	"first_seen_at" timestamp (3) with time zone NOT NULL,
	"first_account_id" uuid NOT NULL,
	"first_post_id" uuid,
	"ignored_at" timestamp (3) with time zone,
	"ignored_by" text,
	"ignored_reason" text
);
--> statement-breakpoint
CREATE TABLE "pay_range" (
	"family" text NOT NULL,
	"place" text NOT NULL,
	"n" integer NOT NULL,
	"median" integer NOT NULL,
	"q1" integer NOT NULL,
	"q3" integer NOT NULL,
	"computed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "pay_range_family_place_pk" PRIMARY KEY("family","place")
);
--> statement-breakpoint
CREATE TABLE "post_text" (
	"post_id" uuid PRIMARY KEY NOT NULL,
	"group_id" uuid,
	"account_id" uuid NOT NULL,
	"employer" text,
	"version" integer NOT NULL,
	"similarity" real NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "text_band" (
	"key" bigint NOT NULL,
	"group_id" uuid NOT NULL,
	CONSTRAINT "text_band_key_group_id_pk" PRIMARY KEY("key","group_id")
);
--> statement-breakpoint
CREATE TABLE "text_group" (
	"id" uuid PRIMARY KEY NOT NULL,
	"signature" "bytea" NOT NULL,
	"posts" integer DEFAULT 0 NOT NULL,
	"employers" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "cluster_event" ADD CONSTRAINT "cluster_event_cluster_id_cluster_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."cluster"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cluster_member" ADD CONSTRAINT "cluster_member_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cluster_member" ADD CONSTRAINT "cluster_member_cluster_id_cluster_id_fk" FOREIGN KEY ("cluster_id") REFERENCES "public"."cluster"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "network_account" ADD CONSTRAINT "network_account_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "network_holding" ADD CONSTRAINT "network_holding_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post_text" ADD CONSTRAINT "post_text_post_id_post_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "cluster_list" ON "cluster" USING btree ("top_score" DESC NULLS LAST,"id" DESC NULLS LAST) WHERE state = 'live';--> statement-breakpoint
CREATE INDEX "cluster_by_size" ON "cluster" USING btree ("size" DESC NULLS LAST,"id" DESC NULLS LAST) WHERE state = 'live';--> statement-breakpoint
CREATE INDEX "cluster_event_cluster" ON "cluster_event" USING btree ("cluster_id","id");--> statement-breakpoint
CREATE INDEX "cluster_member_cluster" ON "cluster_member" USING btree ("cluster_id","account_id");--> statement-breakpoint
CREATE INDEX "network_account_dirty" ON "network_account" USING btree ("account_id") WHERE dirty > 0;--> statement-breakpoint
CREATE INDEX "network_holding_account" ON "network_holding" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "post_text_group" ON "post_text" USING btree ("group_id","at","post_id");--> statement-breakpoint
CREATE INDEX "account_banned" ON "account" USING btree ("id") WHERE banned;