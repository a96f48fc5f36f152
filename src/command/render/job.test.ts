import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../system/temporary.ts';
import {
  addOutputs,
  addSummary,
  annotation,
  findingAnnotations,
  markdownTable,
  placeAnnotations,
} from './job.ts';

describe(annotation, () => {
  it('names file, line and column, and stays one line whatever it says', () => {
    expect(annotation({ message: 'a\nb%' }, { file: 'x,y:z.yaml', line: 3, column: 5 })).toBe(
      '::error file=x%2Cy%3Az.yaml,line=3,col=5::a%0Ab%25\n',
    );
    expect(annotation({ message: 'old', severity: 'info' })).toBe('::notice::old\n');
  });

  it('names files from the root of the checkout', () => {
    const place = { file: '/srv/project/lockstep.yaml', line: 2, column: 1, message: 'nam: no' };

    expect(placeAnnotations([place], { GITHUB_WORKSPACE: '/srv' })).toBe(
      '::error file=project/lockstep.yaml,line=2,col=1::nam: no\n',
    );
  });
});

describe(findingAnnotations, () => {
  it('puts each finding where the project has it, and others at its configuration', () => {
    const finding = { rule: 'r', severity: 'error', message: 'm' } as const;
    const where = { file: '/srv/project/scenarios/x.sh', line: 3, column: 1 };
    const inside = { file: 'usr/lib/modules/6.1/extra/a.ko' };
    const env = { GITHUB_WORKSPACE: '/srv' };
    const file = '/srv/project/lockstep.yaml';

    expect(
      findingAnnotations(
        [
          { ...finding, where },
          { ...finding, where: inside },
        ],
        { env, file },
      ),
    ).toBe(
      '::error file=project/scenarios/x.sh,line=3,col=1::m [r]\n::error file=project/lockstep.yaml::m [r]\n',
    );
  });
});

describe('files of a job', () => {
  it('take values as they are, line breaks among them', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'output');
    await addOutputs({ GITHUB_OUTPUT: file }, { kernel: '6.1\nevil=1', outcome: 'promoted' });
    const text = await readFile(file, 'utf8');

    const [, end] = /^kernel<<(\S+)$/m.exec(text) ?? [];
    expect(text.startsWith(`kernel<<${end}\n6.1\nevil=1\n${end}\noutcome<<`)).toBe(true);
    await addOutputs({}, { kernel: 'x' });
  });

  it('take a summary, in which what others wrote is text', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'summary');
    await addSummary({ GITHUB_STEP_SUMMARY: file }, markdownTable(['a'], [['x | <b>\n`y`']]));

    expect(await readFile(file, 'utf8')).toBe('| a |\n|---|\n| x \\| \\<b> \\`y\\` |\n\n');
  });
});
