CREATE TABLE "capture" (
	"id" uuid PRIMARY KEY NOT NULL,
	"run_id" uuid,
	"source_id" uuid,
	"account_id" uuid,
	"kind" text NOT NULL,
	"url" text NOT NULL,
	"final_url" text NOT NULL,
	"outcome" text NOT NULL,
	"reason" text,
	"status" integer,
	"media_type" text,
	"size" integer NOT NULL,
	"sha256" text,
	"sm3" text,
	"warc_file" text,
	"warc_offset" bigint,
	"warc_length" integer,
	"via" text NOT NULL,
	"fetched_at" timestamp (3) with time zone NOT NULL,
	"ledger_seq" bigint,
	"shot_sha256" text,
	"shot_from" text
);
--> statement-breakpoint
CREATE TABLE "host" (
	"host" text PRIMARY KEY NOT NULL,
	"next_slot_at" timestamp (3) with time zone NOT NULL,
	"delay_ms" integer NOT NULL,
	"backoff_until" timestamp (3) with time zone,
	"refused_since" timestamp (3) with time zone,
	"robots_body" text,
	"robots_status" integer,
	"robots_fetched_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "ledger" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"ref_id" uuid NOT NULL,
	"payload" text NOT NULL,
	"prev_hash" text NOT NULL,
	"hash" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "page_state" (
	"url" text PRIMARY KEY NOT NULL,
	"etag" text,
	"last_modified" text,
	"sha256" text,
	"capture_id" uuid,
	"seen_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "run" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"run_date" text NOT NULL,
	"state" text NOT NULL,
	"counts" jsonb NOT NULL,
	"started_by" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "run_task" (
	"id" uuid PRIMARY KEY NOT NULL,
	"run_id" uuid NOT NULL,
	"source_id" uuid NOT NULL,
	"state" text NOT NULL,
	"outcome" text,
	"detail" text,
	"progress" jsonb NOT NULL,
	"counts" jsonb NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "source" (
	"id" uuid PRIMARY KEY NOT NULL,
	"platform" text NOT NULL,
	"name" text NOT NULL,
	"url" text NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	"interval_hours" integer DEFAULT 24 NOT NULL,
	"next_due_at" timestamp (3) with time zone NOT NULL,
	"last_outcome" text,
	"last_visited_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "account" (
	"id" uuid PRIMARY KEY NOT NULL,
	"platform" text NOT NULL,
	"external_id" text NOT NULL,
	"name" text NOT NULL,
	"alias" text,
	"description" text,
	"url" text,
	"subject_name" text,
	"subject_type" text NOT NULL,
	"uscc" text,
	"category" text,
	"verified" boolean,
	"licence_no" text,
	"verified_at" text,
	"status" text NOT NULL,
	"status_reason" text,
	"banned" boolean DEFAULT false NOT NULL,
	"licence_verdict" text,
	"licence_match" jsonb,
	"score" integer DEFAULT 0 NOT NULL,
	"level" text DEFAULT 'none' NOT NULL,
	"post_count" integer DEFAULT 0 NOT NULL,
	"first_seen_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"screened_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "finding" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"post_id" uuid,
	"post_version" integer,
	"case_id" uuid,
	"dedupe_key" text NOT NULL,
	"kind" text NOT NULL,
	"level" text NOT NULL,
	"score" real NOT NULL,
	"source" text NOT NULL,
	"by" text NOT NULL,
	"field" text,
	"quote" text,
	"start" integer,
	"end" integer,
	"articles" jsonb NOT NULL,
	"exempt" boolean NOT NULL,
	"ground" text,
	"why" text NOT NULL,
	"capture_id" uuid,
	"state" text NOT NULL,
	"decided_by" uuid,
	"decided_at" timestamp (3) with time zone,
	"reject_reason" text,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "post" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"platform" text NOT NULL,
	"external_id" text NOT NULL,
	"url" text,
	"title" text NOT NULL,
	"company" text,
	"salary" text,
	"location" text,
	"text" text NOT NULL,
	"input" jsonb NOT NULL,
	"published_at" timestamp (3) with time zone,
	"status" text NOT NULL,
	"status_reason" text,
	"content_sha256" text NOT NULL,
	"version" integer NOT NULL,
	"capture_id" uuid,
	"level" text DEFAULT 'none' NOT NULL,
	"score" integer DEFAULT 0 NOT NULL,
	"first_seen_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"screened_with" text
);
--> statement-breakpoint
CREATE TABLE "post_version" (
	"id" uuid PRIMARY KEY NOT NULL,
	"post_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"content_sha256" text NOT NULL,
	"input" jsonb NOT NULL,
	"capture_id" uuid,
	"seen_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "app_user" (
	"id" uuid PRIMARY KEY NOT NULL,
	"login" text NOT NULL,
	"name" text NOT NULL,
	"password_hash" text NOT NULL,
	"roles" text[] NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	"must_change_password" boolean DEFAULT true NOT NULL,
	"failed_logins" integer DEFAULT 0 NOT NULL,
	"locked_until" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "app_user_login_unique" UNIQUE("login")
);
--> statement-breakpoint
CREATE TABLE "session" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"csrf" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	"ip" text
);
--> statement-breakpoint
CREATE TABLE "import_file" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"sha256" text NOT NULL,
	"rows" integer NOT NULL,
	"rejected" integer NOT NULL,
	"imported_by" text NOT NULL,
	"imported_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "licence" (
	"id" uuid PRIMARY KEY NOT NULL,
	"list_id" uuid NOT NULL,
	"name" text NOT NULL,
	"name_key" text NOT NULL,
	"uscc" text,
	"number" text,
	"scope" text,
	"authority" text,
	"valid_from" text,
	"valid_until" text,
	"address" text,
	"form" text NOT NULL,
	"cells" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "licence_list" (
	"id" uuid PRIMARY KEY NOT NULL,
	"label" text NOT NULL,
	"authority" text NOT NULL,
	"published_on" text NOT NULL,
	"source_url" text,
	"sha256" text NOT NULL,
	"rows" integer NOT NULL,
	"rejected" integer NOT NULL,
	"mapping" jsonb NOT NULL,
	"current" boolean NOT NULL,
	"imported_by" text NOT NULL,
	"imported_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "platform" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"notice_url" text,
	"secret" text NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "setting" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_entry" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"action" text NOT NULL,
	"subject_type" text NOT NULL,
	"subject_id" text NOT NULL,
	"data" jsonb NOT NULL,
	"ip" text,
	"prev_hash" text NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "case_event" (
	"id" uuid PRIMARY KEY NOT NULL,
	"case_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"action" text NOT NULL,
	"from_state" text,
	"to_state" text,
	"data" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "case_file" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" text NOT NULL,
	"account_id" uuid NOT NULL,
	"state" text NOT NULL,
	"level" text NOT NULL,
	"priority" integer NOT NULL,
	"contributions" jsonb NOT NULL,
	"hook" text,
	"hook_kind" text,
	"finding_count" integer NOT NULL,
	"claimed_by" uuid,
	"lease_until" timestamp (3) with time zone,
	"wait_reason" text,
	"wait_until" timestamp (3) with time zone,
	"proposal" jsonb,
	"outcome" text,
	"outcome_reason" text,
	"version" integer NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone,
	CONSTRAINT "case_file_number_unique" UNIQUE("number")
);
--> statement-breakpoint
CREATE TABLE "notice" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" text NOT NULL,
	"case_id" uuid NOT NULL,
	"platform" text NOT NULL,
	"account_id" uuid NOT NULL,
	"measure" text NOT NULL,
	"state" text NOT NULL,
	"body" jsonb NOT NULL,
	"body_sha256" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone,
	"last_error" text,
	"ack_due" timestamp (3) with time zone,
	"act_due" timestamp (3) with time zone,
	"sent_at" timestamp (3) with time zone,
	"delivered_at" timestamp (3) with time zone,
	"acknowledged_at" timestamp (3) with time zone,
	"acted_at" timestamp (3) with time zone,
	"verified_at" timestamp (3) with time zone,
	"platform_reference" text,
	"refusal_reason" text,
	"verdict" text,
	"version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "notice_number_unique" UNIQUE("number")
);
--> statement-breakpoint
CREATE TABLE "notice_event" (
	"id" uuid PRIMARY KEY NOT NULL,
	"notice_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text NOT NULL,
	"action" text NOT NULL,
	"from_state" text,
	"to_state" text,
	"data" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"topic" text NOT NULL,
	"payload" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"not_before" timestamp (3) with time zone NOT NULL,
	"dispatched_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "receipt" (
	"id" uuid PRIMARY KEY NOT NULL,
	"notice_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"body" jsonb NOT NULL,
	"body_sha256" text NOT NULL,
	"message_id" text NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "verification" (
	"id" uuid PRIMARY KEY NOT NULL,
	"notice_id" uuid NOT NULL,
	"how" text NOT NULL,
	"probe" integer NOT NULL,
	"verdict" text NOT NULL,
	"detail" text NOT NULL,
	"capture_ids" jsonb NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "run_task" ADD CONSTRAINT "run_task_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_task" ADD CONSTRAINT "run_task_source_id_source_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."source"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "finding" ADD CONSTRAINT "finding_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "finding" ADD CONSTRAINT "finding_post_id_post_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post" ADD CONSTRAINT "post_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post_version" ADD CONSTRAINT "post_version_post_id_post_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_app_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."app_user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "licence" ADD CONSTRAINT "licence_list_id_licence_list_id_fk" FOREIGN KEY ("list_id") REFERENCES "public"."licence_list"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "case_event" ADD CONSTRAINT "case_event_case_id_case_file_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."case_file"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "case_file" ADD CONSTRAINT "case_file_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice" ADD CONSTRAINT "notice_case_id_case_file_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."case_file"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice" ADD CONSTRAINT "notice_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice_event" ADD CONSTRAINT "notice_event_notice_id_notice_id_fk" FOREIGN KEY ("notice_id") REFERENCES "public"."notice"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "receipt" ADD CONSTRAINT "receipt_notice_id_notice_id_fk" FOREIGN KEY ("notice_id") REFERENCES "public"."notice"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "verification" ADD CONSTRAINT "verification_notice_id_notice_id_fk" FOREIGN KEY ("notice_id") REFERENCES "public"."notice"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "capture_url" ON "capture" USING btree ("url","fetched_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "capture_account" ON "capture" USING btree ("account_id","fetched_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "capture_run" ON "capture" USING btree ("run_id","id");--> statement-breakpoint
CREATE INDEX "run_started" ON "run" USING btree ("started_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "run_kind_date" ON "run" USING btree ("kind","run_date");--> statement-breakpoint
CREATE UNIQUE INDEX "run_task_once" ON "run_task" USING btree ("run_id","source_id");--> statement-breakpoint
CREATE INDEX "run_task_state" ON "run_task" USING btree ("run_id","state","id");--> statement-breakpoint
CREATE INDEX "run_task_source" ON "run_task" USING btree ("source_id");--> statement-breakpoint
CREATE UNIQUE INDEX "source_platform_url" ON "source" USING btree ("platform","url");--> statement-breakpoint
CREATE INDEX "source_due" ON "source" USING btree ("active","next_due_at");--> statement-breakpoint
CREATE UNIQUE INDEX "account_platform_external" ON "account" USING btree ("platform","external_id");--> statement-breakpoint
CREATE INDEX "account_score" ON "account" USING btree ("score" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "account_last_seen" ON "account" USING btree ("last_seen_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "finding_once" ON "finding" USING btree ("dedupe_key");--> statement-breakpoint
CREATE INDEX "finding_account" ON "finding" USING btree ("account_id","state","id");--> statement-breakpoint
CREATE INDEX "finding_post" ON "finding" USING btree ("post_id");--> statement-breakpoint
CREATE INDEX "finding_case" ON "finding" USING btree ("case_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "post_platform_external" ON "post" USING btree ("platform","external_id");--> statement-breakpoint
CREATE INDEX "post_account" ON "post" USING btree ("account_id","score" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "post_capture" ON "post" USING btree ("capture_id");--> statement-breakpoint
CREATE UNIQUE INDEX "post_version_once" ON "post_version" USING btree ("post_id","version");--> statement-breakpoint
CREATE INDEX "session_expires" ON "session" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "licence_uscc" ON "licence" USING btree ("uscc");--> statement-breakpoint
CREATE INDEX "licence_name" ON "licence" USING btree ("name_key");--> statement-breakpoint
CREATE INDEX "licence_number" ON "licence" USING btree ("number");--> statement-breakpoint
CREATE INDEX "licence_list_row" ON "licence" USING btree ("list_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "licence_list_sha" ON "licence_list" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "licence_list_imported" ON "licence_list" USING btree ("imported_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "audit_subject" ON "audit_entry" USING btree ("subject_type","subject_id","seq" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "audit_actor" ON "audit_entry" USING btree ("actor_id","seq" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "case_event_case" ON "case_event" USING btree ("case_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "case_one_open" ON "case_file" USING btree ("account_id") WHERE state <> 'closed';--> statement-breakpoint
CREATE INDEX "case_queue" ON "case_file" USING btree ("state","priority" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "case_claimed" ON "case_file" USING btree ("claimed_by","state");--> statement-breakpoint
CREATE INDEX "case_account" ON "case_file" USING btree ("account_id","opened_at" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "notice_case_live" ON "notice" USING btree ("case_id","measure") WHERE state not in ('revoked','amended','returned','expired','closed','verification_failed');--> statement-breakpoint
CREATE INDEX "notice_board" ON "notice" USING btree ("state","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "notice_platform" ON "notice" USING btree ("platform","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "notice_case" ON "notice" USING btree ("case_id");--> statement-breakpoint
CREATE INDEX "notice_event_notice" ON "notice_event" USING btree ("notice_id","id");--> statement-breakpoint
CREATE INDEX "outbox_waiting" ON "outbox" USING btree ("not_before","id") WHERE dispatched_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "receipt_once" ON "receipt" USING btree ("notice_id","kind");--> statement-breakpoint
CREATE UNIQUE INDEX "verification_once" ON "verification" USING btree ("notice_id","how","probe");