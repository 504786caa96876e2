/** Files the server makes when they are asked for. */
import { address, answer, reach, type Parameters } from './client.ts';

/** Downloads a file that may be refused: then the refusal's words are thrown, and nothing is saved. */
export async function save(path: string, parameters: Parameters): Promise<void> {
  const response = await reach(address(path, parameters), {});
  if (!response.ok) return answer(response);
  const link = document.createElement('a'), url = URL.createObjectURL(await response.blob());
  link.href = url;
  link.download = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? '';
  link.click();
  URL.revokeObjectURL(url);
}
