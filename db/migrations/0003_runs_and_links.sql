CREATE TABLE "run_account" (
	"run_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"state" text NOT NULL,
	"counts" jsonb NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "run_account_run_id_account_id_pk" PRIMARY KEY("run_id","account_id")
);
--> statement-breakpoint
DROP INDEX "run_kind_date";--> statement-breakpoint
DROP INDEX "capture_run";--> statement-breakpoint
ALTER TABLE "page_state" ADD COLUMN "links" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "run_account" ADD CONSTRAINT "run_account_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "run_account_state" ON "run_account" USING btree ("run_id","state");--> statement-breakpoint
CREATE UNIQUE INDEX "run_one_night" ON "run" USING btree ("run_date") WHERE kind = 'nightly';--> statement-breakpoint
CREATE UNIQUE INDEX "run_one_at_a_time" ON "run" USING btree ("state") WHERE state = 'running';--> statement-breakpoint
CREATE INDEX "capture_run" ON "capture" USING btree ("run_id","source_id","id");--> statement-breakpoint
ALTER TABLE "run_task" DROP COLUMN "progress";