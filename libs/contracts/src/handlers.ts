import type { Observable } from 'rxjs';

/** What a controller implements so that the calls of `Client` are answered. */
export type Handlers<Client> = {
  [Call in keyof Client]: Client[Call] extends (request: infer Request) => Observable<infer Answer>
    ? (request: Request) => Answer | Promise<Answer> | Observable<Answer>
    : never;
};
