import { describe, expect, it } from 'vitest';
import { confStores } from './conf-stores.ts';
import { readRfsConf } from './rfs-conf.ts';

const FILE = { file: 'config/rfs.conf', env: {} };
const WHOLE = `# where blocks go
S3_ENDPOINT="https://s3.example.org:3900"
S3_REGION=garage
export S3_BUCKET='zos'
S3_PREFIX=blobs   # below the bucket
S3_ACCESS_KEY=writer
S3_SECRET_KEY="sec/ret+\\$"
READ_ACCESS_KEY=reader
READ_SECRET_KEY=public
ROUTE_PATH=/zos/blobs
`;

describe('readRfsConf', () => {
  it('reads what a shell would, without one', () => {
    const { conf, findings } = readRfsConf(WHOLE, FILE);

    expect(findings).toEqual([]);
    expect(conf).toMatchObject({
      S3_BUCKET: 'zos',
      S3_PREFIX: 'blobs',
      S3_SECRET_KEY: 'sec/ret+$',
    });
  });

  it('lets the environment override', () => {
    const { conf } = readRfsConf(WHOLE, { ...FILE, env: { S3_BUCKET: 'other' } });

    expect(conf.S3_BUCKET).toBe('other');
  });

  it.each([
    'S3_BUCKET=$(hostname)',
    'S3_BUCKET="$HOME"',
    'S3_BUCKTE=zos',
    'S3_BUCKET',
    'S3_BUCKET=a b',
  ])('names the line of %s', (line) => {
    const { findings } = readRfsConf(`\n${line}\n`, FILE);

    expect(findings).toMatchObject([{ where: { file: 'config/rfs.conf', line: 2 } }]);
  });
});

describe('confStores', () => {
  const whole = readRfsConf(WHOLE, FILE).conf;

  it('makes the addresses of both keys', () => {
    expect(confStores(whole)).toEqual({
      stores: [
        {
          start: 0,
          end: 255,
          url: 's3s://writer:sec%2Fret%2B%24@s3.example.org:3900/zos/blobs?region=garage',
        },
      ],
      routes: [
        {
          start: 0,
          end: 255,
          url: 's3s://reader:public@s3.example.org:3900/zos/blobs?region=garage',
        },
      ],
    });
  });

  it('refuses a route that leads elsewhere than blocks are written', () => {
    expect(() => confStores({ ...whole, ROUTE_PATH: '/blobs' })).toThrow(
      'written to /zos/blobs and read from /blobs',
    );
  });

  it('refuses one key for both', () => {
    expect(() => confStores({ ...whole, READ_ACCESS_KEY: 'writer' })).toThrow('READ_ACCESS_KEY');
  });
});
