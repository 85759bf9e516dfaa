package dev.signalbox.gateway.census;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.gateway.routing.Paths;
import dev.signalbox.platform.json.WholeNumber;
import io.vertx.ext.web.RoutingContext;

/** The index of a task in a path. */
final class TaskIndex {

  private TaskIndex() {}

  /**
   * The first parameter of the path.
   *
   * @throws ServiceException INVALID_REQUEST unless a whole number from 0
   */
  static int of(RoutingContext ctx) {
    return (int)
        WholeNumber.parse(Paths.parameter(ctx, "index"), 0, Integer.MAX_VALUE)
            .orElseThrow(() ->
                new ServiceException(
                    ErrorCode.INVALID_REQUEST,
                    "The index in the path must be a whole number from 0"));
  }

  static ServiceException unknown(int index) {
    return new ServiceException(ErrorCode.NOT_FOUND, "Index of " + index + " not found");
  }
}
