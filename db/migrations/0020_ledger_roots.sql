CREATE TABLE "ledger_root" (
	"id" uuid PRIMARY KEY NOT NULL,
	"no" integer NOT NULL,
	"date" text NOT NULL,
	"from_seq" bigint NOT NULL,
	"to_seq" bigint NOT NULL,
	"statement" text NOT NULL,
	"hash" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ledger_seal" (
	"root_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"algorithm" text NOT NULL,
	"value" text NOT NULL,
	"public_key" text,
	"nonce" text,
	"authority" text,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "ledger_seal_root_id_kind_pk" PRIMARY KEY("root_id","kind")
);
--> statement-breakpoint
CREATE TABLE "ledger_seal_wait" (
	"root_id" uuid PRIMARY KEY NOT NULL,
	"tries" integer NOT NULL,
	"next_at" timestamp (3) with time zone NOT NULL,
	"reason" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "shot_wait" (
	"capture_id" uuid PRIMARY KEY NOT NULL,
	"score" integer NOT NULL,
	"tries" integer NOT NULL,
	"next_at" timestamp (3) with time zone,
	"reason" text
);
--> statement-breakpoint
ALTER TABLE "ledger_seal" ADD CONSTRAINT "ledger_seal_root_id_ledger_root_id_fk" FOREIGN KEY ("root_id") REFERENCES "public"."ledger_root"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_seal_wait" ADD CONSTRAINT "ledger_seal_wait_root_id_ledger_root_id_fk" FOREIGN KEY ("root_id") REFERENCES "public"."ledger_root"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_root_no" ON "ledger_root" USING btree ("no");--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_root_to" ON "ledger_root" USING btree ("to_seq");--> statement-breakpoint
CREATE INDEX "ledger_seal_wait_next" ON "ledger_seal_wait" USING btree ("next_at");--> statement-breakpoint
CREATE INDEX "shot_wait_next" ON "shot_wait" USING btree ("next_at","score" DESC NULLS LAST);--> statement-breakpoint
CREATE TRIGGER ledger_root_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "ledger_root" FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();
--> statement-breakpoint
CREATE TRIGGER ledger_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "ledger_seal" FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();
