package dev.signalbox.platform.bus;

import dev.signalbox.contracts.ServiceException;
import org.jspecify.annotations.Nullable;

/**
 * Admits requests to a handler. A carrier takes one permit for each request, before the handler is
 * called, and releases it exactly once: when the reply has left, when the handler threw, when its
 * reply could not be encoded, or when the deadline passed without a reply.
 */
@FunctionalInterface
public interface Admission {

  /** Admits everything and counts nothing. */
  Admission UNBOUNDED =
      _ ->
          new Permit() {
            @Override
            public @Nullable ServiceException refusal() {
              return null;
            }

            @Override
            public void release(@Nullable Throwable failure) {
              // Nothing was counted.
            }
          };

  /** Takes a permit for a request; never fails, for a refused request is in flight too. */
  Permit admit(Call call);

  /** A place among the requests in flight. */
  interface Permit {

    /** Why the handler must not be called; null when it may be. */
    @Nullable ServiceException refusal();

    /**
     * Gives the place back.
     *
     * @param failure what the request ended with; null when it succeeded
     */
    void release(@Nullable Throwable failure);
  }
}
