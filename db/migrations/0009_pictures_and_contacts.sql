CREATE TABLE "contact" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"post_id" uuid,
	"kind" text NOT NULL,
	"value" text NOT NULL,
	"field" text NOT NULL,
	"start" integer,
	"end" integer
);
--> statement-breakpoint
CREATE TABLE "picture_reading" (
	"sha256" text PRIMARY KEY NOT NULL,
	"engine" text NOT NULL,
	"outcome" text NOT NULL,
	"reason" text,
	"format" text,
	"width" integer,
	"height" integer,
	"turn" integer NOT NULL,
	"lines" jsonb NOT NULL,
	"codes" jsonb NOT NULL,
	"look" text,
	"elapsed_ms" integer NOT NULL,
	"read_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "post_picture" (
	"post_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"url" text NOT NULL,
	"capture_id" uuid NOT NULL,
	"sha256" text NOT NULL,
	CONSTRAINT "post_picture_post_id_position_pk" PRIMARY KEY("post_id","position")
);
--> statement-breakpoint
ALTER TABLE "contact" ADD CONSTRAINT "contact_account_id_account_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contact" ADD CONSTRAINT "contact_post_id_post_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post_picture" ADD CONSTRAINT "post_picture_post_id_post_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."post"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "contact_value" ON "contact" USING btree ("kind","value");--> statement-breakpoint
CREATE INDEX "contact_account" ON "contact" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "contact_post" ON "contact" USING btree ("post_id");--> statement-breakpoint
CREATE INDEX "picture_reading_look" ON "picture_reading" USING btree ("look");--> statement-breakpoint
CREATE INDEX "post_picture_sha" ON "post_picture" USING btree ("sha256");