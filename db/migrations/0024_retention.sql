CREATE TABLE "destruction" (
	"no" integer PRIMARY KEY NOT NULL,
	"rule" text NOT NULL,
	"days" integer NOT NULL,
	"basis" text NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"state" text NOT NULL,
	"counts" jsonb NOT NULL,
	"ledger_seq" bigint,
	"at" timestamp (3) with time zone NOT NULL,
	"done_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "destruction_item" (
	"no" integer NOT NULL,
	"kind" text NOT NULL,
	"ref" text NOT NULL,
	"sha256" text,
	"warc_file" text,
	"start" bigint,
	"length" integer,
	CONSTRAINT "destruction_item_no_kind_ref_pk" PRIMARY KEY("no","kind","ref")
);
--> statement-breakpoint
CREATE TABLE "legal_hold" (
	"id" uuid PRIMARY KEY NOT NULL,
	"case_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"lifted_by_id" text,
	"lifted_by_name" text,
	"lifted_at" timestamp (3) with time zone,
	"lift_reason" text
);
--> statement-breakpoint
CREATE TABLE "retention_term" (
	"rule" text PRIMARY KEY NOT NULL,
	"days" integer,
	"by_id" text NOT NULL,
	"by_name" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "capture" ADD COLUMN "destroyed_no" integer;--> statement-breakpoint
ALTER TABLE "legal_hold" ADD CONSTRAINT "legal_hold_case_id_case_file_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."case_file"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "destruction_planned" ON "destruction" USING btree ("no") WHERE state = 'planned';--> statement-breakpoint
CREATE INDEX "destruction_item_ref" ON "destruction_item" USING btree ("ref");--> statement-breakpoint
CREATE UNIQUE INDEX "legal_hold_standing" ON "legal_hold" USING btree ("case_id") WHERE lifted_at is null;--> statement-breakpoint
CREATE INDEX "legal_hold_case" ON "legal_hold" USING btree ("case_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "capture_sha" ON "capture" USING btree ("sha256") WHERE sha256 is not null;--> statement-breakpoint
CREATE INDEX "ledger_ref" ON "ledger" USING btree ("ref_id");--> statement-breakpoint
CREATE INDEX "ledger_blob" ON "ledger" USING btree (substring("payload" from '"sha256":"([0-9a-f]{64})"')) WHERE kind <> 'capture';--> statement-breakpoint
CREATE INDEX "post_fate_capture" ON "post_fate" USING btree ("capture_id");