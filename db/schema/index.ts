/** All tables, one namespace. */
export * from './collection.ts';
export * from './content.ts';
export * from './discovery.ts';
export * from './evidence.ts';
export * from './intake.ts';
export * from './network.ts';
export * from './people.ts';
export * from './registry.ts';
export * from './retention.ts';
export * from './revisit.ts';
export * from './rules.ts';
export * from './workflow.ts';
