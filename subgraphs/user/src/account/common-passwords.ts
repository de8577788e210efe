const ROWS = [
  '1234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '0987654321',
  '1q2w3e4r5t6y',
  '1qaz2wsx3edc',
  'qazwsxedc',
];
const WORDS = [
  'password',
  'passw0rd',
  'iloveyou',
  'welcome',
  'letmein',
  'football',
  'baseball',
  'sunshine',
  'princess',
  'superman',
  'trustno1',
  'whatever',
  'starwars',
  'computer',
  'internet',
  'tintype',
];
const TAILS = ['', '!', '1', '1!', '12', '123', '123!', '1234', '12345', '123456', '2024', '2025', '2026'];

/**
 * What is tried first against every account and is long enough to be allowed: walks over the keyboard and the words that lead
 * every published list, plain, doubled and with the tails that people add.
 */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set([
  ...ROWS.flatMap((row) => [row, `${row}${row}`, `${row}1`, `${row}!`]),
  ...WORDS.flatMap((word) => [...TAILS.map((tail) => `${word}${tail}`), `${word}${word}`]),
  '12345678910',
  '123456789a',
  'a123456789',
  '11223344556677',
  'qwerty123456',
  'qwertyuiop123',
  'correcthorsebatterystaple',
]);
