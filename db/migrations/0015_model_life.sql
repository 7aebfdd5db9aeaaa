CREATE TABLE "drift_night" (
	"day" text NOT NULL,
	"platform" text NOT NULL,
	"measure" text NOT NULL,
	"bucket" text NOT NULL,
	"posts" integer NOT NULL,
	CONSTRAINT "drift_night_day_platform_measure_bucket_pk" PRIMARY KEY("day","platform","measure","bucket")
);
--> statement-breakpoint
CREATE INDEX "finding_decided" ON "finding" USING btree ("post_id","id") WHERE state in ('confirmed', 'rejected') and post_id is not null;