package dev.signalbox.storage;

/**
 * How a database's writer is doing.
 *
 * @param waiting writes that wait now
 * @param commits transactions committed so far
 * @param writes works those transactions held; divided by the commits, how many share one
 */
public record WriterStats(int waiting, long commits, long writes) {}
