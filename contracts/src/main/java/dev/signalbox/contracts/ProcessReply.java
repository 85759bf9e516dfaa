package dev.signalbox.contracts;

/** What every instance of a process answers alike, since it is about the process. */
public interface ProcessReply {

  /** Id of the process; equal for all services in it. */
  String process();

  /** Name of the machine or container. */
  String host();

  /** Id of the process on its host. */
  long pid();
}
