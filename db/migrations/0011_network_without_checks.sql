ALTER TABLE "cluster_member" DROP CONSTRAINT "cluster_member_account_id_account_id_fk";
--> statement-breakpoint
ALTER TABLE "network_account" DROP CONSTRAINT "network_account_account_id_account_id_fk";
--> statement-breakpoint
ALTER TABLE "network_holding" DROP CONSTRAINT "network_holding_account_id_account_id_fk";
--> statement-breakpoint
ALTER TABLE "post_text" DROP CONSTRAINT "post_text_post_id_post_id_fk";
