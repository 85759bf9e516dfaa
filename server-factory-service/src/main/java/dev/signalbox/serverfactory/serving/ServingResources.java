package dev.signalbox.serverfactory.serving;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.limit.MemoryBudget;
import dev.signalbox.platform.limit.UnreadBodies;
import io.vertx.core.Future;
import java.util.Collection;

/**
 * What all servers of a process share.
 *
 * @param bodies bytes of bodies of requests that are held at once
 * @param answers bytes of bodies of responses that are made for one request
 * @param journals bytes of journals
 * @param certificate of servers with TLS that were given none
 */
public record ServingResources(
    MemoryBudget bodies,
    UnreadBodies answers,
    MemoryBudget journals,
    FileSource files,
    Upstream upstream,
    SelfMadeCertificate certificate) {

  private static final long JOURNAL_BYTES = 32L * 1_024 * 1_024;
  private static final int HEAP_SHARE = 16;

  /** Resources of a process without a file service and without a client, by default bounds. */
  public static ServingResources withoutOthers(Collection<String> hosts) {
    return new ServingResources(
        MemoryBudget.ofHeap(HEAP_SHARE),
        new UnreadBodies(MemoryBudget.ofHeap(HEAP_SHARE)),
        new MemoryBudget(JOURNAL_BYTES),
        (_, _) ->
            Future.failedFuture(
                new ServiceException(ErrorCode.UNAVAILABLE, "there is no file service here")),
        (_, _, _) ->
            Future.failedFuture(
                new ServiceException(ErrorCode.UNAVAILABLE, "nothing is forwarded here")),
        new SelfMadeCertificate(hosts));
  }
}
