package dev.signalbox.platform.service;

import dev.signalbox.contracts.DiagnoseReply;
import dev.signalbox.contracts.LogLevelChange;
import dev.signalbox.contracts.LogLevelsReply;
import dev.signalbox.contracts.LogLevelsRequest;
import dev.signalbox.contracts.PlatformContract;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.bus.Bus;
import dev.signalbox.platform.diagnostic.Diagnostics;
import dev.signalbox.platform.log.LogLevels;
import dev.signalbox.platform.service.ServiceInstance.ProcessContext;
import io.vertx.core.Future;

/** What an instance answers for its process, at an address of its own. */
final class ProcessOperations {

  private ProcessOperations() {}

  /** Completes when every member of the cluster knows. */
  static Future<Void> serve(ProcessContext process, String node) {
    Bus bus = process.bus();
    return Future.join(
            bus.serve(
                PlatformContract.DIAGNOSE.at(node), (_, _) -> diagnosis(process.diagnostics())),
            bus.serve(
                PlatformContract.LOG_LEVELS.at(node),
                (request, _) -> levels(process.logLevels(), request)))
        .mapEmpty();
  }

  private static Future<DiagnoseReply> diagnosis(Diagnostics diagnostics) {
    return diagnostics.look().map(_ -> diagnostics.reply());
  }

  private static Future<LogLevelsReply> levels(LogLevels levels, LogLevelsRequest request) {
    LogLevelChange change = request.change();
    try {
      return Future.succeededFuture(change == null ? levels.levels() : levels.change(change));
    } catch (ServiceException e) {
      return Future.failedFuture(e);
    }
  }
}
