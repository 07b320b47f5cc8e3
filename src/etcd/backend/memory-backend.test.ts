import { backendContract } from '../../../test/support/backend-contract.ts';
import { MemoryBackend } from '../../../test/support/memory-backend.ts';

backendContract('memory', async () => new MemoryBackend());
