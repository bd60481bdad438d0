// The only script that is not compressed: unpacks the others and starts them.
import { partText } from './parts';

async function boot(): Promise<void> {
  const script = document.createElement('script');
  script.textContent = await partText('nv-app');
  document.head.append(script);
}

boot().catch((error: unknown) => {
  const message = document.getElementById('nv-start');
  if (message)
    message.textContent = `This page could not start: ${error instanceof Error ? error.message : String(error)}. It needs a browser of 2023 or later.`;
});
