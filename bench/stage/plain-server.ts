import { createServer, type IncomingMessage } from 'node:http';
import { type DocumentNode, execute, type GraphQLSchema, parse } from 'graphql';

/**
 * graphql-js on bare http, on PORT of 127.0.0.1: what a gateway is measured beside. It parses each query once and checks nothing. Says so
 * when it listens.
 */
export function servePlainly(schema: GraphQLSchema, rootOf: (request: IncomingMessage) => object): void {
  const documents = new Map<string, DocumentNode>();
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', async () => {
      const { query, variables } = JSON.parse(body) as { query: string; variables?: Record<string, unknown> };
      const document = documents.get(query) ?? parse(query);
      documents.set(query, document);
      const result = await execute({ schema, document, rootValue: rootOf(request), variableValues: variables });
      response.statusCode = result.errors ? 500 : 200;
      response.setHeader('content-type', 'application/json').end(JSON.stringify(result));
    });
  });
  server.listen(Number(process.env.PORT), '127.0.0.1', () => process.stdout.write('listening\n'));
  process.on('SIGTERM', () => process.exit(0));
}
