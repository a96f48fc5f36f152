import S3rver from '@20minutes/s3rver';
import { temporaryFolder } from '../../system/temporary.ts';

/** An S3 server on loopback with one bucket; it goes when its scope ends. */
export async function startS3Server(
  bucket = 'blobs',
): Promise<{ url: string; address: string } & AsyncDisposable> {
  const folder = await temporaryFolder();
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: folder.path,
    configureBuckets: [{ name: bucket }],
  });
  const { port } = await server.run();
  return {
    url: `s3://S3RVER:S3RVER@127.0.0.1:${port}/${bucket}?region=garage`,
    address: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}
