/** The `pincha` command: each command in its own file, help in Chinese and English, errors in words. */
import { Command } from 'commander';
import { runCommand } from './commands/outcome.ts';
import { VERSION } from './version.ts';

const program = new Command('pincha')
  .description('聘查：发现、证明并制止网络平台上的违法招聘 / finds, proves and stops unlawful recruitment on public platforms')
  .version(VERSION)
  .showHelpAfterError()
  .addHelpText('after', '\n配置项见 docs/configuration.md；不带参数的 npm start 即 pincha start。\nSettings: docs/configuration.md.');

program
  .command('start')
  .description('启动全部服务 / start everything')
  .action(() =>
    runCommand(async () => {
      const [{ start }, { loadConfig }] = await Promise.all([import('./start.ts'), import('../core/config.ts')]);
      return start(loadConfig(process.env));
    }),
  );

/** Everything but `parse`, which is called once a page and must not load the house for it. */
async function allCommands(): Promise<void> {
  const [stateless, stored, sources, platforms, model, retention] = await Promise.all([
    import('./commands/stateless.ts'),
    import('./commands/stored.ts'),
    import('./commands/sources.ts'),
    import('./commands/platforms.ts'),
    import('./commands/model.ts'),
    import('./commands/retention.ts'),
  ]);
  stateless.statelessCommands(program, runCommand);
  stored.storedCommands(program, runCommand);
  sources.sourceCommands(program, runCommand);
  platforms.platformCommands(program, runCommand);
  model.modelCommands(program, runCommand);
  retention.retentionCommands(program, runCommand);
}

if (process.argv[2] === 'parse') (await import('./commands/parse.ts')).parseCommand(program, runCommand);
else await allCommands();

await program.parseAsync();
// Everything a command opened is closed by now; whatever a library still holds must not keep the terminal.
setTimeout(() => process.exit(), 1_500).unref();
