import { describe } from 'vitest';
import { memoryRepository } from './memory.ts';
import { describeRepositoryContract } from './testing/contract.ts';

describe('memoryRepository', () => {
  describeRepositoryContract(async () => memoryRepository());
});
