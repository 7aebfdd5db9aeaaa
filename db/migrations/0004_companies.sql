CREATE TABLE "company" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"name_key" text NOT NULL,
	"uscc" text,
	"status" text,
	"import_id" uuid NOT NULL
);
--> statement-breakpoint
ALTER TABLE "account" ADD COLUMN "details" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "import_file" ADD COLUMN "label" text;--> statement-breakpoint
ALTER TABLE "import_file" ADD COLUMN "published_on" text;--> statement-breakpoint
CREATE INDEX "company_uscc" ON "company" USING btree ("uscc");--> statement-breakpoint
CREATE INDEX "company_name" ON "company" USING btree ("name_key");--> statement-breakpoint
CREATE INDEX "company_import" ON "company" USING btree ("import_id","id");