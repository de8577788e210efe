import { useEffect, useState, useSyncExternalStore } from 'react';
import { post } from './fetcher.ts';
import { token } from './token.ts';

type Demo = { identifier: string; password: string };

const LOG_IN = 'mutation LogIn($input: LogInInput!) { logIn(input: $input) { accessToken errors { message } } }';

/** The box for the access token, with a button to get one if the platform has a demo account. */
export function TokenBar() {
  const value = useSyncExternalStore(token.subscribe, token.get);
  const [demo, setDemo] = useState<Demo | null>(null);
  const [failure, setFailure] = useState('');

  useEffect(() => {
    fetch('/graphiql/settings.json')
      .then((response) => response.json())
      .then((settings: { demo: Demo | null }) => setDemo(settings.demo))
      .catch(() => setDemo(null));
  }, []);

  const logIn = async () => {
    const result = await post({ query: LOG_IN, operationName: 'LogIn', variables: { input: demo } });
    const payload = (result.data as { logIn?: { errors: { message: string }[] } } | null | undefined)?.logIn;
    setFailure(result.errors?.[0]?.message ?? payload?.errors[0]?.message ?? '');
  };

  return (
    <header className="token-bar">
      <label>
        Access token
        <input
          type="password"
          autoComplete="off"
          spellCheck={false}
          placeholder="none: requests are a visitor's"
          value={value}
          onChange={(event) => token.set(event.target.value.trim())}
        />
      </label>
      {value && (
        <button type="button" onClick={() => token.set('')}>
          Forget it
        </button>
      )}
      {demo && (
        <button type="button" onClick={logIn}>
          Log in as {demo.identifier}
        </button>
      )}
      <output>{failure}</output>
    </header>
  );
}
