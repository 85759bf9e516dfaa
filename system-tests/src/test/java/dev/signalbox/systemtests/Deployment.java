package dev.signalbox.systemtests;

import java.nio.file.Path;

/** A running system, however it is made up; its clients cannot tell the difference. */
interface Deployment extends AutoCloseable {

  /** Where its doors are. */
  Doors doors();

  /** Its durable state. */
  Path data();

  /** All that its processes have said. */
  String output();

  @Override
  void close();
}
