package dev.signalbox.serverfactory;

import dev.signalbox.platform.diagnostic.DiagnosticCheck;
import dev.signalbox.platform.diagnostic.FindingCode;
import dev.signalbox.platform.diagnostic.Symptom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Whether there are servers that no instance listens for. */
final class OrphanCheck implements DiagnosticCheck {

  private static final long PATIENCE_MS = 800;
  private static final int NAMED = 10;

  private final ServerStore store;

  OrphanCheck(ServerStore store) {
    this.store = store;
  }

  @Override
  public List<Symptom> check() throws Exception {
    List<ServerRow> orphans =
        store
            .orphans()
            // A database that cannot be read is a finding of its own.
            .otherwise(List.of())
            .await(PATIENCE_MS, TimeUnit.MILLISECONDS);
    if (orphans.isEmpty()) {
      return List.of();
    }
    String names =
        orphans.stream()
            .limit(NAMED)
            .map(row ->
                (row.name() == null ? row.serverId() : row.name()) + " (port " + row.port() + ")")
            .collect(Collectors.joining(", "));
    return List.of(
        Symptom.of(
            FindingCode.SERVER_PORT,
            "Nobody listens for "
                + orphans.size()
                + (orphans.size() == 1 ? " server: " : " servers: ")
                + names
                + (orphans.size() > NAMED ? ", and others." : ".")));
  }
}
