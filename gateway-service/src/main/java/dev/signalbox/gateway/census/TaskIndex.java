package dev.signalbox.gateway.census;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.platform.json.WholeNumber;
import io.vertx.ext.web.RoutingContext;

/** The index of a census task: in a path, and as a block of IPv4 addresses. */
final class TaskIndex {

  /** Tasks with a block; one for each /16. */
  private static final int BLOCKS = 65_536;

  private TaskIndex() {}

  /**
   * The index in the path.
   *
   * @throws ServiceException INVALID_REQUEST unless a whole number from 0
   */
  static int of(RoutingContext ctx) {
    return (int)
        WholeNumber.parse(Requests.pathParameter(ctx, "index"), 0, Integer.MAX_VALUE)
            .orElseThrow(() ->
                new ServiceException(
                    ErrorCode.INVALID_REQUEST,
                    "The index in the path must be a whole number from 0"));
  }

  static ServiceException unknown(int index) {
    return new ServiceException(ErrorCode.NOT_FOUND, "Index of " + index + " not found");
  }

  /** The block of a task, such as {@code 1.2.0.0/16}; empty for a task without a block. */
  static String network(int index) {
    return index >= 0 && index < BLOCKS ? index / 256 + "." + index % 256 + ".0.0/16" : "";
  }

  /** An address of a task's block. */
  static String address(int index, int position) {
    return index / 256 + "." + index % 256 + "." + position / 256 + "." + position % 256;
  }
}
