/**
 * Files that processes of one machine share or keep to themselves. It belongs to no service: the
 * worker of the census, which knows no other module, guards its state by them too.
 */
@NullMarked
package dev.signalbox.contracts.disk;

import org.jspecify.annotations.NullMarked;
