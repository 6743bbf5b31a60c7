using System.Buffers.Binary;
using System.Reflection.Emit;
using System.Runtime.InteropServices;

namespace ActorPool.Diagnostics;

/// <summary>One instruction.</summary>
/// <param name="Code">What it does.</param>
/// <param name="Operand">Its operand when that is a token or a number.</param>
/// <param name="Offset">Where it begins in the body, in bytes.</param>
/// <param name="Targets">The offsets to which it may branch; null when it does not.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct IlInstruction(OpCode Code, int Operand, int Offset, int[]? Targets);

/// <summary>Reads the instructions of a method's body.</summary>
internal static class IlReader
{
    private static readonly OpCode[] s_short = new OpCode[256];
    private static readonly OpCode[] s_long = new OpCode[256];

    static IlReader()
    {
        foreach (var field in typeof(OpCodes).GetFields())
        {
            var code = (OpCode)field.GetValue(null)!;
            (code.Size == 1 ? s_short : s_long)[code.Value & 0xFF] = code;
        }
    }

    public static List<IlInstruction> Read(byte[] il)
    {
        var instructions = new List<IlInstruction>();
        for (var i = 0; i < il.Length;)
        {
            var offset = i;
            var code = ReadCode(il, ref i);
            var rest = il.AsSpan(i);
            var operand = code.OperandType switch
            {
                OperandType.InlineNone or OperandType.InlineI8 or OperandType.InlineR or OperandType.ShortInlineR
                    or OperandType.InlineSwitch => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI => (sbyte)rest[0],
                OperandType.ShortInlineVar => rest[0],
                OperandType.InlineVar => BinaryPrimitives.ReadUInt16LittleEndian(rest),
                _ => BinaryPrimitives.ReadInt32LittleEndian(rest),
            };
            i += GetOperandSize(code, rest);
            instructions.Add(new IlInstruction(code, operand, offset, GetTargets(code, operand, rest, next: i)));
        }
        return instructions;
    }

    /// <summary>Reads what an instruction does, and goes on to its operand.</summary>
    public static OpCode ReadCode(ReadOnlySpan<byte> il, ref int at) =>
        il[at++] is var first && first == 0xFE ? s_long[il[at++]] : s_short[first];

    public static int GetOperandSize(OpCode code, ReadOnlySpan<byte> operand) => code.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + 4 * BinaryPrimitives.ReadInt32LittleEndian(operand),
        _ => 4,
    };

    private static int[]? GetTargets(OpCode code, int operand, ReadOnlySpan<byte> rest, int next)
    {
        if (code.OperandType is OperandType.InlineBrTarget or OperandType.ShortInlineBrTarget)
            return [next + operand];
        if (code.OperandType is not OperandType.InlineSwitch)
            return null;
        var targets = new int[BinaryPrimitives.ReadInt32LittleEndian(rest)];
        for (var i = 0; i < targets.Length; i++)
            targets[i] = next + BinaryPrimitives.ReadInt32LittleEndian(rest[(4 + 4 * i)..]);
        return targets;
    }
}
