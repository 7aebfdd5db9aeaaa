ALTER TABLE "network_thing" ADD COLUMN "banned_shows" boolean DEFAULT false NOT NULL;--> statement-breakpoint
UPDATE "network_thing" t SET "banned_shows" = true WHERE t.id IN (SELECT h.thing_id FROM "network_holding" h JOIN "account" a ON a.id = h.account_id AND a.banned);
