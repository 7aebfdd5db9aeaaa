CREATE TABLE "account_due" (
	"account_id" uuid PRIMARY KEY NOT NULL,
	"dirty" integer NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"claimed_until" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "capture_origin" (
	"capture_id" uuid PRIMARY KEY NOT NULL,
	"obtained" text NOT NULL,
	"note" text,
	"by" text NOT NULL,
	"file" text,
	"file_sha256" text,
	"part" text,
	"obtained_at" timestamp (3) with time zone,
	"imported_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "post_batch" (
	"id" uuid PRIMARY KEY NOT NULL,
	"platform" text NOT NULL,
	"key" text NOT NULL,
	"body_sha256" text NOT NULL,
	"message_id" text NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"answer" jsonb NOT NULL,
	"capture_id" uuid NOT NULL,
	"fresh" integer,
	"received_at" timestamp (3) with time zone NOT NULL,
	"stored_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "post_import" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"sha256" text NOT NULL,
	"size" bigint NOT NULL,
	"name" text NOT NULL,
	"platform" text NOT NULL,
	"mapping" jsonb,
	"path" text,
	"origin" text NOT NULL,
	"by" text NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"part" integer DEFAULT 0 NOT NULL,
	"item" bigint DEFAULT 0 NOT NULL,
	"posts" bigint DEFAULT 0 NOT NULL,
	"fresh" bigint DEFAULT 0 NOT NULL,
	"rejected" bigint DEFAULT 0 NOT NULL,
	"rejects_size" bigint DEFAULT 0 NOT NULL,
	"worked_ms" bigint DEFAULT 0 NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "account_due" ADD CONSTRAINT "account_due_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "capture_origin" ADD CONSTRAINT "capture_origin_capture_id_capture_id_fk" FOREIGN KEY ("capture_id") REFERENCES "public"."capture"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post_batch" ADD CONSTRAINT "post_batch_capture_id_capture_id_fk" FOREIGN KEY ("capture_id") REFERENCES "public"."capture"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "account_due_order" ON "account_due" USING btree ("since","account_id");--> statement-breakpoint
CREATE UNIQUE INDEX "post_batch_once" ON "post_batch" USING btree ("platform","key");--> statement-breakpoint
CREATE INDEX "post_batch_waiting" ON "post_batch" USING btree ("platform") WHERE state = 'waiting';--> statement-breakpoint
CREATE UNIQUE INDEX "post_import_once" ON "post_import" USING btree ("key");--> statement-breakpoint
CREATE INDEX "post_import_listed" ON "post_import" USING btree ("started_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "post_import_path" ON "post_import" USING btree ("path");--> statement-breakpoint
CREATE INDEX "post_unscreened" ON "post" USING btree ("account_id","id") WHERE screened_with is null;