import type { Command } from '@commander-js/extra-typings';
import { flistOptions, several } from './options.ts';

const EXAMPLES = `
Examples:
  $ lockstep flist config -m modules.fl tag list
  $ lockstep flist config -m modules.fl tag add -t version=6.12.44 -t author=me
  $ lockstep flist config -m modules.fl store add -s 00-7f=dir:///srv/a
  $ lockstep flist config -m modules.fl store delete --all`;

/** The commands that list and change tags and routes. */
export function addConfigCommands(flist: Command): void {
  const config = flist
    .command('config')
    .summary('list and change tags and routes of a flist')
    .requiredOption('-m, --meta <file>', 'manifest')
    .addHelpText('after', EXAMPLES);
  const of = (parent: Command, name: string) =>
    flistOptions(parent.command(name).configureHelp({ showGlobalOptions: true }));
  const act = () => import('./action/config.ts');
  const tag = config.command('tag').summary('tags of a flist');
  of(tag, 'list').action(async (options) =>
    (await act()).listTags({ ...options, ...config.opts() }),
  );
  of(tag, 'add')
    .requiredOption('-t, --tag <key=value>', 'a tag', several)
    .action(async (options) => (await act()).addTags({ ...options, ...config.opts() }));
  of(tag, 'delete')
    .option('-k, --key <key>', 'key of a tag', several)
    .option('-a, --all', 'all tags')
    .action(async (options) => (await act()).deleteTags({ ...options, ...config.opts() }));
  const store = config.command('store').summary('routes of a flist');
  of(store, 'list').action(async (options) =>
    (await act()).listRoutes({ ...options, ...config.opts() }),
  );
  of(store, 'add')
    .requiredOption('-s, --store <url>', 'a route', several)
    .action(async (options) => (await act()).addRoutes({ ...options, ...config.opts() }));
  of(store, 'delete')
    .option('-s, --store <url>', 'a route as it is written', several)
    .option('-a, --all', 'all routes')
    .action(async (options) => (await act()).deleteRoutes({ ...options, ...config.opts() }));
}
