const text = (value: string) => Buffer.from(value);
const bytes = (size: number, at: (i: number) => number) =>
  Buffer.from(Uint8Array.from({ length: size }, (_, i) => at(i)));

/** What rfs 0.2.0 (2025-06-17) made of these contents. */
export const VECTORS: { name: string; content: Buffer; blocks: { id: string; key: string }[] }[] = [
  {
    name: 'abc',
    content: text('abc'),
    blocks: [
      {
        id: '19a9ec005d1556c82b4bba2861a42ee5fccc2ea452af0c9af65ea6d62f25cd65',
        key: 'bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319',
      },
    ],
  },
  {
    name: 'exact',
    content: bytes(524_288, (i) => 7 * i),
    blocks: [
      {
        id: '3b3fef8b5cc4e091ad76772c388217660b0f3daa34222781290639ab8c60f75d',
        key: 'eeeb18dbcbb2ee0e296885eca49721068deac3124a116957b89cf515bff0feae',
      },
    ],
  },
  {
    name: 'hello',
    content: text('hello'),
    blocks: [
      {
        id: '43569db4b44e807640de79fb7175eae3e6379082c562999f431830d4ed818577',
        key: '324dcf027dd4a30a932c441f365a25e86b173defa4b8e58948253471b81b72cf',
      },
    ],
  },
  {
    name: 'hello-world',
    content: text('hello world'),
    blocks: [
      {
        id: 'd917c0529e8b76d494ceb149a6faa1bd527b7415f5cf7ca728ad941622414267',
        key: '256c83b297114d201b30179f3f0ef0cace9783622da5974326b436178aeef610',
      },
    ],
  },
  {
    name: 'lines',
    content: text(Array.from({ length: 100_000 }, (_, line) => `line ${line}\n`).join('')),
    blocks: [
      {
        id: '11b8e46b7441e5f91d1229df842f23331bb5b4a76feb68d5700a3605d94139fe',
        key: '22bc47abcdd875bf02a83f7160a07043bd86e88f4f6b724b86e833dca6981cc8',
      },
      {
        id: '5de945a77cf0d03a612f1f16c80ed414d0a57767e8b19a31da141171fa14639d',
        key: 'a3f495a0901cbc28efd328846bfa833b6f83838f605b24d089c0d0f9f09d88d9',
      },
      {
        id: '8f9e6d591179fb3606f043156b60f02fbaf349974a9035ef6cf72407feb4a8e8',
        key: '56af77ba7a2dba75a1c6c8ee79394aab6eb6cc4dd515e3acc08ed84ade0a957e',
      },
    ],
  },
  {
    name: 'mod251',
    content: bytes(600_000, (i) => i % 251),
    blocks: [
      {
        id: 'c8caf12f5b4e016d33f5430e46ade07850f41f96a729f842fcf7c071b599e7c7',
        key: '027261138272f669975c00d5382550ca78d38de640eb9f73421656bdf09ba757',
      },
      {
        id: 'b554ac709d3cc1fd9ddf1fb4163a033aaee2628314244bee48ecb328b8ac48ca',
        key: '6126afef30e5e705cfe85d8789cd43e172771ff779e39fdc0f7f67f72a25099d',
      },
    ],
  },
  {
    name: 'over',
    content: bytes(524_289, (i) => i * i),
    blocks: [
      {
        id: 'fec72c3c388be9817d87c6bd3d60bccec1d0ddc0e83b348124e44f33b51bd84d',
        key: '6142bc4bc5bce928278ee630c830d69725ecaffc6244b70313e01112e059c26c',
      },
      {
        id: '4f216760e0affaa8b4bd84a66b806d6778ce44ec2c54c0d0be59849845ec43cb',
        key: '03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314',
      },
    ],
  },
  {
    name: 'zeros',
    content: Buffer.alloc(1_300_000),
    blocks: [
      {
        id: 'e8fd6b2d9a2e8851d12163c43f3024c31fcac6b486bceacf042d323f8e6f6640',
        key: '0a93174557b2e0668f2531531415142280358ee32605d059dab1ce8ebbb1cc01',
      },
      {
        id: 'e8fd6b2d9a2e8851d12163c43f3024c31fcac6b486bceacf042d323f8e6f6640',
        key: '0a93174557b2e0668f2531531415142280358ee32605d059dab1ce8ebbb1cc01',
      },
      {
        id: '1ffcf67d95fa19ed8fbe59706f374610bb0008872b48041812b3a6e4ef269579',
        key: '011b38f245c39587d31d5d0467e55b2969905055d7d8491dae081958f6652f34',
      },
    ],
  },
];
