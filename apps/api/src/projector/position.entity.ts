/** How far the read model has come in one partition of a topic: the offset of the next record wanted. */
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('consumer_positions')
export class PositionEntity {
  @PrimaryColumn({ type: 'text' })
  topic!: string;

  @PrimaryColumn({ type: 'integer' })
  partition!: number;

  @Column({ type: 'bigint' })
  position!: number;
}
