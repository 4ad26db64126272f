/** Lets a handler's own error reach the engine. */
import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';

/** Nest's default filter replaces every error with "Internal server error"; the log needs the original. */
@Catch()
export class KeepOriginalError implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}
