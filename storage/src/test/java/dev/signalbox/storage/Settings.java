package dev.signalbox.storage;

import java.time.Duration;

/** A configuration with a few settings of a test's own. */
final class Settings {

  private Settings() {}

  static StorageConfig of(Engine engine) {
    return switch (engine) {
      case SQLITE -> StorageConfig.sqlite();
      case POSTGRESQL -> TestPostgres.freshDatabase();
    };
  }

  static StorageConfig withWriteQueue(StorageConfig c, int writeQueue) {
    return with(c, c.maxBatch(), writeQueue, c.writeTimeout(), c.readQueue());
  }

  static StorageConfig withMaxBatch(StorageConfig c, int maxBatch) {
    return with(c, maxBatch, c.writeQueue(), c.writeTimeout(), c.readQueue());
  }

  static StorageConfig withReadQueue(StorageConfig c, int readQueue) {
    return with(c, c.maxBatch(), c.writeQueue(), c.writeTimeout(), readQueue);
  }

  private static StorageConfig with(
      StorageConfig c, int maxBatch, int writeQueue, Duration writeTimeout, int readQueue) {
    return new StorageConfig(
        c.url(),
        c.user(),
        c.password(),
        maxBatch,
        writeQueue,
        writeTimeout,
        1,
        readQueue,
        c.readTimeout(),
        c.busyTimeout(),
        c.connectTimeout(),
        c.statementTimeout());
  }
}
